FROM scratch
COPY <<EOF /x
line
EOF
COPY a /
