FROM scratch
LABEL a=b "c d"="e f" g='h i'
LABEL old style value
