"""What people read: pages made from the marts."""
