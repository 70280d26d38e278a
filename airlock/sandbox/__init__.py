"""The student's end: fork server, warden, confinement, audit, the kernel itself."""
