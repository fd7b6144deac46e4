print("interpolate")
