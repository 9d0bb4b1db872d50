FROM scratch
ENV V=x
COPY <<EOF /x
$V "$V" '$V' \$V
EOF
