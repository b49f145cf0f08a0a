"""The root of the API, from which the browsable API starts."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from neofi.query import check_parameters


@extend_schema(exclude=True)
class APIRoot(APIView):
    """Where things are. Sign in above to try them by hand; /docs describes each."""

    permission_classes = [AllowAny]

    def get(self, request):
        check_parameters(request, known=())
        names = {"events": "event-list", "me": "me", "schema": "schema", "docs": "docs"}
        return Response({key: reverse(name, request=request) for key, name in names.items()})
