"""Signatures of WACZ packages, as in WACZ Signing and Verification 0.1.0 (specs.webrecorder.net/wacz-auth/0.1.0/)."""
