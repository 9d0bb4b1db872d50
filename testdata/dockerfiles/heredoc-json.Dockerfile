FROM scratch
RUN ["cat", "<<EOF"]
COPY a /
