//! How Azure's identifiers look.

use super::UUID;

const GROUP: &str = "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example";

/// Types without `azurerm_`, and the path below the group that their objects have.
const PATHS: &[(&str, &str)] = &[
    ("virtual_network", "Microsoft.Network/virtualNetworks/example"),
    ("vnet", "Microsoft.Network/virtualNetworks/example"),
    ("subnet", "Microsoft.Network/virtualNetworks/example/subnets/example"),
    ("network_security_group", "Microsoft.Network/networkSecurityGroups/example"),
    ("network_interface", "Microsoft.Network/networkInterfaces/example"),
    ("public_ip", "Microsoft.Network/publicIPAddresses/example"),
    ("public_ip_address", "Microsoft.Network/publicIPAddresses/example"),
    ("route_table", "Microsoft.Network/routeTables/example"),
    ("private_dns_zone", "Microsoft.Network/privateDnsZones/example.com"),
    ("dns_zone", "Microsoft.Network/dnsZones/example.com"),
    ("private_endpoint", "Microsoft.Network/privateEndpoints/example"),
    ("lb", "Microsoft.Network/loadBalancers/example"),
    ("application_gateway", "Microsoft.Network/applicationGateways/example"),
    ("storage_account", "Microsoft.Storage/storageAccounts/example"),
    ("key_vault", "Microsoft.KeyVault/vaults/example"),
    ("user_assigned_identity", "Microsoft.ManagedIdentity/userAssignedIdentities/example"),
    ("log_analytics_workspace", "Microsoft.OperationalInsights/workspaces/example"),
    ("application_insights", "Microsoft.Insights/components/example"),
    ("kubernetes_cluster", "Microsoft.ContainerService/managedClusters/example"),
    ("container_registry", "Microsoft.ContainerRegistry/registries/example"),
    ("linux_virtual_machine", "Microsoft.Compute/virtualMachines/example"),
    ("windows_virtual_machine", "Microsoft.Compute/virtualMachines/example"),
    ("virtual_machine", "Microsoft.Compute/virtualMachines/example"),
    ("managed_disk", "Microsoft.Compute/disks/example"),
    ("service_plan", "Microsoft.Web/serverFarms/example"),
    ("linux_web_app", "Microsoft.Web/sites/example"),
    ("windows_web_app", "Microsoft.Web/sites/example"),
    ("linux_function_app", "Microsoft.Web/sites/example"),
    ("mssql_server", "Microsoft.Sql/servers/example"),
    ("mssql_database", "Microsoft.Sql/servers/example/databases/example"),
    ("postgresql_flexible_server", "Microsoft.DBforPostgreSQL/flexibleServers/example"),
    ("cosmosdb_account", "Microsoft.DocumentDB/databaseAccounts/example"),
    ("servicebus_namespace", "Microsoft.ServiceBus/namespaces/example"),
    ("eventhub_namespace", "Microsoft.EventHub/namespaces/example"),
];

/// What is identified by nothing but a UUID.
const BARE: &[&str] = &[
    "tenant_id",
    "client_id",
    "object_id",
    "principal_id",
    "subscription_id",
    "application_id",
    "app_id",
    "workspace_id",
    "resource_guid",
];

/// The identifier that an attribute has: `id` of the type itself, `subnet_id` of another.
pub(super) fn identifier(kind: &str, attribute: &str) -> Option<String> {
    if BARE.iter().any(|bare| attribute == *bare || attribute.ends_with(&format!("_{bare}"))) {
        return Some(UUID.to_owned());
    }
    let own = kind.strip_prefix("azurerm_")?;
    let of = match attribute {
        "id" => own,
        _ => attribute.strip_suffix("_ids").or_else(|| attribute.strip_suffix("_id"))?,
    };
    if of == "resource_group" || of.ends_with("_resource_group") {
        return Some(GROUP.to_owned());
    }
    if of == "subscription" {
        return Some("/subscriptions/00000000-0000-0000-0000-000000000000".to_owned());
    }
    let named = PATHS.iter().filter(|(name, _)| of == *name || of.ends_with(&format!("_{name}")));
    match named.max_by_key(|(name, _)| name.len()) {
        Some((_, path)) => Some(format!("{GROUP}/providers/{path}")),
        None if attribute == "id" && !own.is_empty() => {
            Some(format!("{GROUP}/providers/Microsoft.Example/{own}/example"))
        }
        None => None,
    }
}
