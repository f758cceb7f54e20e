"""Files in a bucket of Amazon S3 or any compatible server."""

from pipelines.storage.s3.store import S3Storage

__all__ = ["S3Storage"]
