# One image for every address: the pages find the server at the address that they came from.

FROM python:3.11-slim AS build
WORKDIR /app
RUN python -m venv .venv
COPY requirements.txt .
# What tests need stands last.
RUN sed '/^# Tests and checks/,$d' requirements.txt > server.txt \
    && .venv/bin/pip install --no-cache-dir -r server.txt
COPY . .
# Production pages: without the mailbox and the demo's doors. The settings are checked but not kept.
RUN APP_ENV=production PUBLIC_URL=https://build.invalid DATABASE_URL=sqlite:///none.db \
    SMTP_HOST=build.invalid SECRET_KEY=only-for-the-build-and-kept-nowhere-at-all \
    .venv/bin/python -c "from appointment_app.frontend_build import ensure_built; ensure_built()" \
    && rm -rf .web/node_modules

FROM python:3.11-slim
RUN useradd --create-home --uid 10001 app
WORKDIR /app
COPY --from=build --chown=app:app /app /app
RUN mkdir -p .data && chown app:app .data
USER app
ENV PATH=/app/.venv/bin:$PATH HOST=0.0.0.0 PORT=3000 PYTHONUNBUFFERED=1
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:3000/api/v1/ready')"]
CMD ["python", "-m", "appointment_app.serve"]
