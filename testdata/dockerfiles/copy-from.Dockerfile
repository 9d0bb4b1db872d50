FROM scratch AS one
COPY a /
FROM scratch
COPY --from=0 /a /b
COPY --from=one /a /c
COPY --from=busybox:1.36 /bin /bin
