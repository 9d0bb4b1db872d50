FROM python:3.12-slim AS wheels
WORKDIR /wheels
COPY requirements.txt ./
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r requirements.txt

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
RUN useradd --system --uid 10001 django
WORKDIR /app
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links=/wheels -r /wheels/requirements.txt
COPY . .
RUN python manage.py collectstatic --noinput
USER django
EXPOSE 8000
HEALTHCHECK CMD ["python", "manage.py", "check"]
CMD ["gunicorn", "shop.wsgi:application", "--bind", "0.0.0.0:8000"]
