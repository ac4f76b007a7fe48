"""Secret Manager as the tests have it: a gRPC server with Google's own message types that holds one secret."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager

import grpc
from google.cloud import secretmanager_v1 as sm


@contextmanager
def running_secret_manager(versions: Mapping[str, bytes], refused: Collection[str] = ()) -> Iterator[str]:
    """A server of these secrets, by full name of the version, and of versions that nobody may read; its address."""

    def access(request: sm.AccessSecretVersionRequest, call: grpc.ServicerContext) -> sm.AccessSecretVersionResponse:
        if request.name in refused:
            call.abort(grpc.StatusCode.PERMISSION_DENIED, "Permission denied")
        if request.name not in versions:
            call.abort(grpc.StatusCode.NOT_FOUND, f"Secret [{request.name}] not found or has no versions.")
        payload = sm.SecretPayload(data=versions[request.name])
        return sm.AccessSecretVersionResponse(name=request.name, payload=payload)

    handler = grpc.unary_unary_rpc_method_handler(
        access,
        request_deserializer=sm.AccessSecretVersionRequest.deserialize,
        response_serializer=sm.AccessSecretVersionResponse.serialize,
    )
    service = "google.cloud.secretmanager.v1.SecretManagerService"
    server = grpc.server(futures.ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, {"AccessSecretVersion": handler}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.stop(None)
