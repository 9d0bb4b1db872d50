FROM scratch
RUN [ -f a ] || b
RUN [[ -f a ]] && c
