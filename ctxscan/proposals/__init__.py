"""Rules to add: found, phrased, proven, measured and written down."""
