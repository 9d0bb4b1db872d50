FROM scratch
RUN << EOF
COPY inside /
EOF
COPY a /
