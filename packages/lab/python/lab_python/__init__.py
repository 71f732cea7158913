"""What tracing costs a Python service: programs of one sample each, run by the lab in fresh processes."""
