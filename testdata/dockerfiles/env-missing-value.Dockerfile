FROM scratch
ENV one
