from django.apps import AppConfig


class ManagementConfig(AppConfig):
    name = "management"
    verbose_name = "Running the service"

    def ready(self) -> None:
        from management import audit, checks, deathwatch  # noqa: F401  (models must be loaded first)

        audit.connect()
        deathwatch.watch()
