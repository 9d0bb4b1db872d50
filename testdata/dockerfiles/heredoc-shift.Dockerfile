FROM scratch
RUN echo "1 << 2" '<<EOF'
COPY a /
