FROM scratch
CO\
PY a /
