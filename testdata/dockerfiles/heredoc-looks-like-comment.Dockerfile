FROM scratch
COPY <<EOF /x
# kept
  \
FROM nothing
EOF
COPY a /
