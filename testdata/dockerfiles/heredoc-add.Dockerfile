FROM scratch
ADD <<a.txt <<b.txt /d/
first
a.txt
second
b.txt
