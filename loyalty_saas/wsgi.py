"""The WSGI entrance, served by gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_saas.settings")

application = get_wsgi_application()
