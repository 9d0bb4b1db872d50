FROM scratch
COPY a / \
