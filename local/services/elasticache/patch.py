"""moto makes cache subnet groups and never lets them go or change.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheSubnetGroup.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyCacheSubnetGroup.html
"""


def install() -> None:
    from moto.core.responses import ActionResult, EmptyResult
    from moto.elasticache import models, responses
    from moto.elasticache.exceptions import CacheSubnetGroupNotFound, ElastiCacheException

    class CacheSubnetGroupInUse(ElastiCacheException):
        code = "CacheSubnetGroupInUse"

        def __init__(self, name: str):
            super().__init__(f"Cache subnet group {name} is currently in use by a cache cluster.")

    answers = responses.ElastiCacheResponse

    def group_of(self):
        name = self._get_param("CacheSubnetGroupName")
        group = self.elasticache_backend.cache_subnet_groups.get(name)
        if group is None:
            raise CacheSubnetGroupNotFound(name)
        return group

    def delete_cache_subnet_group(self):
        group = group_of(self)
        backend = self.elasticache_backend
        users = [*backend.cache_clusters.values(), *backend.replication_groups.values()]
        if any(getattr(one, "cache_subnet_group_name", None) == group.cache_subnet_group_name for one in users):
            raise CacheSubnetGroupInUse(group.cache_subnet_group_name)
        del backend.cache_subnet_groups[group.cache_subnet_group_name]
        return EmptyResult()

    def modify_cache_subnet_group(self):
        group = group_of(self)
        backend = self.elasticache_backend
        changed = models.CacheSubnetGroup(
            account_id=backend.account_id,
            region_name=backend.region_name,
            cache_subnet_group_name=group.cache_subnet_group_name,
            cache_subnet_group_description=self._get_param(
                "CacheSubnetGroupDescription", group.cache_subnet_group_description
            ),
            subnet_ids=self._get_param("SubnetIds", group.subnet_ids),
            tags=group.tags,
        )
        backend.cache_subnet_groups[group.cache_subnet_group_name] = changed
        return ActionResult({"CacheSubnetGroup": changed})

    answers.delete_cache_subnet_group = delete_cache_subnet_group
    answers.modify_cache_subnet_group = modify_cache_subnet_group
