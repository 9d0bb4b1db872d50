FROM scratch
COPY a \
  b \
  /
RUN x
