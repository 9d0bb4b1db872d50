FROM scratch AS base
ONBUILD RUN <<EOF
COPY inside /
EOF
FROM base
COPY a /
