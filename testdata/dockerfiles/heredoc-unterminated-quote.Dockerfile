FROM scratch
RUN echo "<<EOF
COPY a /
