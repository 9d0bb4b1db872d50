ARG only=1
