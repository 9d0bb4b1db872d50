FROM scratch
COPY <<-EOF /x
	line
		two
	EOF
COPY a /
