"""moto looks for the services of ECS in itself; they are the gateway's, which knows whether one exists.

https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend


def install() -> None:
    ApplicationAutoscalingBackend._ecs_service_exists_for_target = lambda self, resource: True
