FROM scratch
COPY <<'EOF' <<"B" <<\C /x/
$kept
EOF
$kept
B
$replaced
C
COPY a /
