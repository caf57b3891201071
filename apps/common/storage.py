"""Files in S3: bytes in and out, and the presigned URLs that browsers use.

A file goes browser → S3 by a presigned POST whose policy bounds its key, type and
size, and S3 → browser by a presigned GET that ends soon. Keys are random and never
come from a client. Errors are StorageError: trying again may help, except for
ObjectMissing.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.http import content_disposition_header

from .connections import give_back

UPLOAD_TIME = timedelta(minutes=30)
"""How long a browser may begin to send what it was allowed to."""
DOWNLOAD_TIME = timedelta(minutes=5)
DELETE_AT_ONCE = 1000
"""Keys in one request, by S3's own limit."""


class StorageError(Exception):
    """The file store did not do what it was asked."""


class ObjectMissing(StorageError):
    """Nothing is stored under this key."""


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """Where a browser sends a file, and the form fields to send before it."""

    url: str
    fields: dict[str, str]


@functools.cache
def _client(endpoint_url: str | None, access_key: str | None, secret_key: str | None) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=endpoint_url,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name=settings.S3["region"],
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": settings.S3["addressing_style"]},
            connect_timeout=3,
            read_timeout=30,
            retries={"total_max_attempts": 2, "mode": "standard"},
            # Older S3-compatible stores refuse the checksums that newer clients add.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def _s3() -> Any:
    return _client(
        settings.S3["endpoint_url"], settings.S3["access_key"], settings.S3["secret_key"]
    )


def _signer() -> Any:
    """Signs for the address by which browsers reach the store."""
    public = settings.S3["public_endpoint_url"] or settings.S3["endpoint_url"]
    return _client(public, settings.S3["access_key"], settings.S3["secret_key"])


@contextmanager
def _asked() -> Iterator[None]:
    """A question to the store over the network, which may take long."""
    give_back()
    with _told_as_ours():
        yield


@contextmanager
def _told_as_ours() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        if code in ("404", "NoSuchKey", "NotFound"):
            raise ObjectMissing(str(error)) from error
        raise StorageError(str(error)) from error
    except BotoCoreError as error:
        raise StorageError(str(error)) from error


def new_key(folder: str, ending: str) -> str:
    """A key that nobody can guess: ``uploads/<uuid>.pdf``."""
    return f"{folder}/{uuid.uuid4()}.{ending}"


def presigned_upload(key: str, *, content_type: str, max_bytes: int) -> PresignedPost:
    """Let a browser store one file of 1 to ``max_bytes`` bytes under ``key``."""
    with _told_as_ours():
        post = _signer().generate_presigned_post(
            settings.S3["bucket"],
            key,
            Fields={"Content-Type": content_type},
            Conditions=[
                {"Content-Type": content_type},
                ["content-length-range", 1, max_bytes],
            ],
            ExpiresIn=int(UPLOAD_TIME.total_seconds()),
        )
    return PresignedPost(post["url"], post["fields"])


def presigned_download(key: str, *, filename: str, content_type: str, inline: bool = False) -> str:
    """A URL that gives the file under this name (RFC 6266) for a few minutes."""
    with _told_as_ours():
        url: str = _signer().generate_presigned_url(
            "get_object",
            Params={
                "Bucket": settings.S3["bucket"],
                "Key": key,
                "ResponseContentType": content_type,
                "ResponseContentDisposition": content_disposition_header(not inline, filename)
                or "inline",
            },
            ExpiresIn=int(DOWNLOAD_TIME.total_seconds()),
        )
    return url


def size(key: str) -> int:
    """Bytes stored under ``key``. Raises ObjectMissing."""
    with _asked():
        return int(_s3().head_object(Bucket=settings.S3["bucket"], Key=key)["ContentLength"])


def read(key: str) -> bytes:
    """Raises ObjectMissing."""
    with _asked():
        body: bytes = _s3().get_object(Bucket=settings.S3["bucket"], Key=key)["Body"].read()
    return body


def write(key: str, content: bytes, *, content_type: str) -> None:
    with _asked():
        _s3().put_object(
            Bucket=settings.S3["bucket"], Key=key, Body=content, ContentType=content_type
        )


def delete(keys: Sequence[str]) -> None:
    """Delete the files; a key under which nothing is stored is fine."""
    for first in range(0, len(keys), DELETE_AT_ONCE):
        objects = [{"Key": key} for key in keys[first : first + DELETE_AT_ONCE]]
        with _asked():
            reply = _s3().delete_objects(
                Bucket=settings.S3["bucket"], Delete={"Objects": objects, "Quiet": True}
            )
        if reply.get("Errors"):
            raise StorageError(str(reply["Errors"][0]))


def prepare_bucket() -> None:
    """Make the bucket where it is missing, and let our pages send files to it."""
    bucket = settings.S3["bucket"]
    with _asked():
        try:
            _s3().head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in ("404", "NoSuchBucket"):
                raise
            _s3().create_bucket(Bucket=bucket)
        _s3().put_bucket_cors(
            Bucket=bucket,
            CORSConfiguration={
                "CORSRules": [
                    {
                        "AllowedOrigins": settings.S3["cors_origins"],
                        "AllowedMethods": ["GET", "POST"],
                        "AllowedHeaders": ["*"],
                        "MaxAgeSeconds": 3600,
                    }
                ]
            },
        )
