from django.urls import path

from tenants.views import domains, home, settings, start, takeout, team

urlpatterns = [
    path("", home.home, name="home"),
    path("palette/", home.palette, name="palette"),
    path("start/", start.start, name="start"),
    path("start/country/", start.country_facts, name="country_facts"),
    path("start/invitations/<uuid:pk>/acceptance/", start.acceptance, name="invitation_acceptance"),
    path("switch/<uuid:business>/", start.switch, name="switch"),
    path("invitations/<str:token>/", start.invitation, name="invitation"),
    path("team/", team.team, name="team"),
    path("team/<uuid:pk>/", team.person, name="team_person"),
    path("team/<uuid:pk>/removal/", team.removal, name="team_removal"),
    path("team/<uuid:pk>/pin/", team.pin_reset, name="team_pin_reset"),
    path("team/invitations/<uuid:pk>/withdrawal/", team.withdrawal, name="team_withdrawal"),
    path("settings/", settings.business, name="settings_business"),
    path("settings/brand/", settings.brand, name="settings_brand"),
    path("settings/brand/logo/removal/", settings.logo_removal, name="settings_logo_removal"),
    path("settings/locations/", settings.locations, name="settings_locations"),
    path("settings/locations/<uuid:pk>/", settings.location, name="settings_location"),
    path("settings/locations/<uuid:pk>/state/", settings.location_state, name="settings_location_state"),
    path("settings/domains/", domains.domains, name="settings_domains"),
    path("settings/domains/<uuid:pk>/check/", domains.check, name="settings_domain_check"),
    path("settings/domains/<uuid:pk>/primary/", domains.primary, name="settings_domain_primary"),
    path("settings/domains/<uuid:pk>/removal/", domains.removal, name="settings_domain_removal"),
    path("settings/keys/", settings.keys, name="settings_keys"),
    path("settings/keys/<uuid:pk>/revocation/", settings.key_revocation, name="settings_key_revocation"),
    path("settings/data/", takeout.data, name="settings_data"),
    path("settings/data/archive/", takeout.take_out, name="settings_archive"),
    path("settings/audit/", settings.audit, name="settings_audit"),
]
