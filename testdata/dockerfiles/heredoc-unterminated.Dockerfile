FROM scratch
RUN <<EOF
COPY a /
