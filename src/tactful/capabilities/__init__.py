"""What tactful can do, one package each; none knows another, and none opens data by itself."""
