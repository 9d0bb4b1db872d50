FROM scratch
EXPOSE 80 443/tcp
VOLUME /a /b
VOLUME ["/c d"]
