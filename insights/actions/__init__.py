"""The only writers of insights and reports. Rights are checked by the views, for each operation and object."""
