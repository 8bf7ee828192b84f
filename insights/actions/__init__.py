"""The only writers of insights and reports. The views check rights, for each operation and object."""
