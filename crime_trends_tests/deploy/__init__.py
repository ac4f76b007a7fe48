"""Tests of what a server needs: Terraform's outputs, the image and the compose file."""
