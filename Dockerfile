# One image, three commands: web, worker, beat. The lock's hashes are checked; nothing runs as root.
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/foremark/venv
COPY requirements.lock /tmp/requirements.lock
RUN /opt/foremark/venv/bin/pip install --no-cache-dir --require-hashes --no-deps --compile -r /tmp/requirements.lock

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PATH=/opt/foremark/venv/bin:$PATH VAR_DIR=/var/lib/foremark
RUN useradd --system --uid 10001 --home-dir /opt/foremark --shell /usr/sbin/nologin foremark \
    && install -d -o foremark -g foremark -m 0750 /var/lib/foremark /opt/foremark/static
COPY --from=build /opt/foremark/venv /opt/foremark/venv
WORKDIR /opt/foremark/app
COPY manage.py ./
COPY portal ./portal
COPY students ./students
COPY predictions ./predictions
COPY mlcore ./mlcore
COPY templates ./templates
COPY static ./static
COPY locale ./locale
# Compiled languages and static files are part of the image, so that every process speaks and serves the same.
RUN SECRET_KEY=only-while-building ALLOWED_HOSTS=localhost STATIC_DIR=/opt/foremark/static \
    sh -c 'python manage.py compile_languages && python manage.py collectstatic --no-input --verbosity 0'
ENV STATIC_DIR=/opt/foremark/static
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["gunicorn", "portal.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--preload"]
