FROM scratch
HEALTHCHECK --interval=5s --retries=3 CMD curl -f x || exit 1
HEALTHCHECK CMD ["a", "b"]
HEALTHCHECK NONE
