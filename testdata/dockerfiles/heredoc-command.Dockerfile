FROM scratch
RUN <<EOF cat > /x
RUN not an instruction
EOF
COPY a /
