  # not a directive: escape=`
FROM scratch
	# comment
   #another
COPY a /
