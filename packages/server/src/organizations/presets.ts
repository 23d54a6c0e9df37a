/** Groups an organization is born with, and the permission sets of each rule of their policies. */
export const defaultGroups = [
  {
    name: 'Administrators',
    description: 'Manage the organization and everything in it',
    rules: [['OrganizationManager'], ['AllProductsFullAccess']],
  },
  {
    name: 'Editors',
    description: 'Use every product and create projects',
    rules: [['AllProductsFullAccess'], ['OrganizationReadOnly', 'ProjectManager', 'SupportTicketReadOnly']],
  },
  {
    name: 'Billing Administrators',
    description: 'See the organization and manage its billing',
    rules: [['BillingManager', 'OrganizationReadOnly']],
  },
] as const;

/** Groups whose members are computed. */
export const specialGroups = [
  { kind: 'all_users', name: 'All Users', description: 'Every user of the organization' },
  { kind: 'all_applications', name: 'All Applications', description: 'Every application that is not managed' },
] as const;
