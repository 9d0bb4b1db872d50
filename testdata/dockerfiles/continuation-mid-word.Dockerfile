FROM scratch
COPY long\
name /
