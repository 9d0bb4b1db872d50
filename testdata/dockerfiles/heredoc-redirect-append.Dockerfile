FROM scratch
RUN cat <<EOF >> /x && echo <<<here
body
EOF
COPY a /
