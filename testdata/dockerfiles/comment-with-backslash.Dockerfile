# a comment \
FROM scratch
# another \
COPY a /
