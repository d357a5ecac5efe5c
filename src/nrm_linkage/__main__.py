"""`python -m nrm_linkage`, for machines that block new executables."""

from nrm_linkage.cli import main

if __name__ == "__main__":
    main()
