FROM scratch
COPY café /
